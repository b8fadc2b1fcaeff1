namespace Attachments.Domain.Content;

public sealed record FileName
{
    public const int MaxBytes = 255;

    private FileName(string value) => Value = value;

    public string Value { get; }

    public static FileName From(string text) => new(text);

    public override string ToString() => Value;
}
