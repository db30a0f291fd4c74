/** Value of a function at a point; its gradient is written into `gradient`. */
export type Differentiable = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  readonly maxIterations: number;
  /** Stops when no component of the gradient is larger. */
  readonly tolerance: number;
}

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly iterations: number;
  readonly converged: boolean;
}

interface State {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

const MEMORY = 10;
const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;
const MAX_LINE_STEPS = 40;

/**
 * Minimises a smooth function by L-BFGS: the inverse Hessian is approximated from the last 10 steps, and each step
 * meets the weak Wolfe conditions, found by bisection. On a convex function it reaches the global minimum.
 * Nothing is random, so the same function and start give the same point.
 *
 * @param start not changed
 *
 * Cost: about one evaluation an iteration, O(10 · dimension) beside it.
 * Source: Liu & Nocedal, Math. Programming 45 (1989) 503–528; line search: Lewis & Overton, Math. Programming 141 (2013).
 */
export function minimise(evaluate: Differentiable, start: Float64Array, options: MinimiseOptions): Minimum {
  const corrections: Correction[] = [];
  let state = evaluateAt(evaluate, start);
  let iterations = 0;
  while (largest(state.gradient) > options.tolerance) {
    if (iterations === options.maxIterations) return { ...state, iterations, converged: false };
    const direction = descentDirection(state.gradient, corrections);
    const firstStep = corrections.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(dot(state.gradient, state.gradient)));
    const next = searchLine(evaluate, state, { direction, firstStep });
    // No step lowers the value any more: the limit of double precision.
    if (!next) return { ...state, iterations, converged: true };
    remember(corrections, state, next);
    state = next;
    iterations += 1;
  }
  return { ...state, iterations, converged: true };
}

function evaluateAt(evaluate: Differentiable, point: Float64Array): State {
  const gradient = new Float64Array(point.length);
  const value = evaluate(point, gradient);
  return { point, gradient, value };
}

/** The two-loop recursion: −H · gradient. */
function descentDirection(gradient: Float64Array, corrections: readonly Correction[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const shares: number[] = [];
  for (const { step, change, curvature } of corrections.toReversed()) {
    const share = dot(step, direction) / curvature;
    shares.push(share);
    addScaled(direction, change, -share);
  }
  const latest = corrections.at(-1);
  if (latest) {
    const scale = latest.curvature / dot(latest.change, latest.change);
    for (let i = 0; i < direction.length; i += 1) direction[i] = (direction[i] as number) * scale;
  }
  for (const { step, change, curvature } of corrections) {
    const share = shares.pop() as number;
    addScaled(direction, step, share - dot(change, direction) / curvature);
  }
  return direction;
}

function searchLine(
  evaluate: Differentiable,
  from: State,
  { direction, firstStep }: { direction: Float64Array; firstStep: number },
): State | undefined {
  const slope = dot(from.gradient, direction);
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let length = firstStep;
  let best: State | undefined;
  for (let tries = 0; tries < MAX_LINE_STEPS; tries += 1) {
    const point = Float64Array.from(from.point);
    addScaled(point, direction, length);
    const state = evaluateAt(evaluate, point);
    if (!(state.value <= from.value + SUFFICIENT_DECREASE * length * slope)) high = length;
    else if (dot(state.gradient, direction) < CURVATURE * slope) {
      low = length;
      best = state;
    } else return state;
    length = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
  }
  return best;
}

function remember(corrections: Correction[], from: State, to: State): void {
  const step = to.point.map((value, i) => value - (from.point[i] as number));
  const change = to.gradient.map((value, i) => value - (from.gradient[i] as number));
  const curvature = dot(step, change);
  if (!(curvature > 0)) return;
  corrections.push({ step, change, curvature });
  if (corrections.length > MEMORY) corrections.shift();
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function addScaled(target: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i += 1) target[i] = (target[i] as number) + (values[i] as number) * factor;
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
