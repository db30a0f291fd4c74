import { describe, expect, it } from 'vitest';
import { minimise } from '../../../../../core/domain/training/linear/minimise.ts';

const OPTIONS = { maxIterations: 500, tolerance: 1e-9 };

describe('minimising by L-BFGS', () => {
  it('finds the minimum of a badly scaled quadratic', () => {
    const scales = [1, 10, 100, 1000, 10_000];
    const minimum = minimise(
      (point, gradient) => {
        let value = 0;
        scales.forEach((scale, i) => {
          gradient[i] = scale * (point[i]! - i);
          value += (scale * (point[i]! - i) ** 2) / 2;
        });
        return value;
      },
      new Float64Array(5),
      OPTIONS,
    );
    expect(minimum.converged).toBe(true);
    expect([...minimum.point].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0, 1, 2, 3, 4]);
  });

  it('follows the bent valley of the Rosenbrock function to (1, 1)', () => {
    const minimum = minimise(
      (point, gradient) => {
        const [x, y] = [point[0]!, point[1]!];
        gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
        gradient[1] = 200 * (y - x * x);
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
      },
      Float64Array.of(-1.2, 1),
      OPTIONS,
    );
    expect(minimum.point[0]).toBeCloseTo(1, 6);
    expect(minimum.point[1]).toBeCloseTo(1, 6);
    expect(minimum.iterations).toBeLessThan(100);
  });

  it('stays where it is when the start is the minimum, and leaves the start unchanged otherwise', () => {
    const square = (point: Float64Array, gradient: Float64Array) => {
      gradient[0] = 2 * point[0]!;
      return point[0]! ** 2;
    };
    expect(minimise(square, Float64Array.of(0), OPTIONS)).toMatchObject({ iterations: 0, converged: true });
    const start = Float64Array.of(3);
    minimise(square, start, OPTIONS);
    expect(start[0]).toBe(3);
  });

  it('says so when the iterations do not suffice', () => {
    const steep = (point: Float64Array, gradient: Float64Array) => {
      gradient[0] = 4 * (point[0]! - 9) ** 3;
      return (point[0]! - 9) ** 4;
    };
    expect(minimise(steep, Float64Array.of(0), { maxIterations: 2, tolerance: 1e-12 })).toMatchObject({
      iterations: 2,
      converged: false,
    });
  });
});
