import type { Tensor } from '../../core/domain/inference/tensor.ts';
import type { ModelProbe, ProbeLimits } from '../../core/ports/model-probe.ts';

export interface FakeProbe extends ModelProbe {
  loadMs: number;
  peakMiB: number;
  /** Called when a model is opened: may throw. */
  onOpen: () => void;
  /** Answers a run. @default the first input again, as `y` */
  answer: (inputs: readonly Tensor[]) => Tensor[];
  /** Of every model that was opened. */
  readonly limits: ProbeLimits[];
  /** Requests that models were asked, in order. */
  readonly asked: (readonly Tensor[])[];
  /** Models that were opened and not closed. */
  opened: number;
}

/** Models that answer what they were asked. */
export function fakeProbe(): FakeProbe {
  const probe: FakeProbe = {
    loadMs: 20,
    peakMiB: 80,
    onOpen: () => undefined,
    answer: ([first]) => [{ ...(first as Tensor), name: 'y' }],
    limits: [],
    asked: [],
    opened: 0,
    async open(_bytes, limits) {
      probe.limits.push(limits);
      probe.onOpen();
      probe.opened += 1;
      return {
        loadMs: probe.loadMs,
        peakMiB: async () => probe.peakMiB,
        async run(inputs) {
          probe.asked.push(inputs);
          return probe.answer(inputs);
        },
        async close() {
          probe.opened -= 1;
        },
      };
    },
  };
  return probe;
}
