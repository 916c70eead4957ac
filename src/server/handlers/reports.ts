/** Handlers of the owner's figures: read beside the selling thread. */
import { ok } from '../../base/result.ts';
import type { REPORTS } from '../../protocol/api/reports.ts';
import type { Handlers } from '../handler.ts';

export const REPORT_HANDLERS: Handlers<keyof typeof REPORTS> = {
  reportSales: async ({ reader, clock }, { query }) => {
    const report = await reader.ask('reportSales', query);
    return ok({
      ...report,
      buckets: [...report.buckets],
      registers: [...report.registers],
      users: [...report.users],
      tips: [...report.tips],
      methods: [...report.methods],
      taxes: [...report.taxes],
      products: [...report.products],
      categories: [...report.categories],
      takenAt: clock.nowMs(),
    });
  },
};
