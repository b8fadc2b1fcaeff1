using MediatR;

namespace Attachments.Infrastructure.Persistence;

/// <summary>Says in the application's words that the database could not be reached, whichever part of a use case asked it.</summary>
internal sealed class UnavailableBehavior<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        try
        {
            return await next();
        }
        catch (Exception exception) when (PostgresFailures.IsUnavailable(exception))
        {
            throw PostgresFailures.Unavailable(exception);
        }
    }
}
