namespace Attachments.Infrastructure.Previews;

/// <summary>The program that is executed once more to decode images.</summary>
/// <param name="Assembly">The path of its assembly.</param>
public sealed record PreviewProgram(string Assembly);
