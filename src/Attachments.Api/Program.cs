using Attachments.Api.Startup;
using Attachments.Infrastructure.Previews.Worker;

// A decoder needs none of the service, and must be on the thread that the kernel knows the process by.
return args is [PreviewWorker.Verb, .. var rest] ? PreviewWorker.Run(rest) : await CommandLine.Run(args);
