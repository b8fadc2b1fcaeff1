using MediatR;

namespace Attachments.Application.Access;

/// <summary>Refuses a request to those who may not make it, before anything of its body is read.</summary>
public sealed class AccessBehavior<TRequest, TResponse>(Caller caller) : IPipelineBehavior<TRequest, TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        (request as IAuthorizedRequest)?.RequireAccess(caller);
        return next();
    }
}
