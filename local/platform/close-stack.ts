type Close = () => void | Promise<void>;

/** What was opened, closed in reverse order, each once. */
export interface CloseStack {
  push(close: Close): void;
  closeAll(): Promise<void>;
}

export function createCloseStack(): CloseStack {
  const open: Close[] = [];
  return {
    push: (close) => {
      open.push(close);
    },
    async closeAll() {
      for (const close of open.splice(0).reverse()) await close();
    },
  };
}
