/** The files of a baseline: Model Monitor's two, and our own. */
export const BASELINE_FILES = ['profile.json', 'statistics.json', 'constraints.json'] as const;
export type BaselineFile = (typeof BASELINE_FILES)[number];

/** What versions' traffic is compared with. */
export interface BaselineStore {
  /** Writes a baseline to a folder, over what is there. @throws `artifact.store_unavailable` */
  put(folder: string, files: Readonly<Record<BaselineFile, string>>): Promise<void>;
  /** Copies a baseline to another folder. @throws `artifact.store_unavailable`, also where there is none */
  copy(from: string, to: string): Promise<void>;
  /** @returns undefined where there is no such file @throws `artifact.store_unavailable` */
  read(folder: string, file: BaselineFile): Promise<string | undefined>;
  /** What differs whenever a file was written anew. @returns undefined where there is no such file @throws `artifact.store_unavailable` */
  tag(folder: string, file: BaselineFile): Promise<string | undefined>;
}
