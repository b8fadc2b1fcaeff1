using Attachments.Bench;

return Options.Parse(args) is { } options ? await BenchRun.Run(options) : Options.Explain();
