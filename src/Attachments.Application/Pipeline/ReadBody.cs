namespace Attachments.Application.Pipeline;

/// <summary>
/// Reads the whole body of a request as a typed value. A handler calls it once everything that can be refused without the body has been
/// checked. A body whose files are received while it arrives is an <see cref="IAsyncEnumerable{T}"/> of its entries instead.
/// </summary>
/// <exception cref="Errors.RequestException">The body is refused.</exception>
public delegate Task<T> ReadBody<T>(CancellationToken cancellationToken);
