using Attachments.Api.Startup;

return await CommandLine.Run(args);
