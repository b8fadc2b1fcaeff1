namespace Attachments.Application.Pipeline;

/// <summary>The new value of a field that can be cleared.</summary>
/// <param name="Value">Null: the field is cleared.</param>
public sealed record NewValue<T>(T? Value);
