using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Security.Principal;
using Attachments.Application.Access;
using Attachments.Application.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Attachments.Api.Callers;

/// <summary>Reads the caller from the claims of a validated token. The claims have the names that they have in the token.</summary>
internal static class CallerClaims
{
    public const string Subject = "sub";
    public const string Issuer = "iss";
    public const string Role = "role";
    public const string Project = "project";
    public const string Organisation = "org";
    public const string Scope = "scope";
    public const string AdminRole = "admin";
    public const string EveryProject = "*";

    /// <summary>The identity of a token is one object for as long as <see cref="CachingTokenHandler"/> remembers the token.</summary>
    private static readonly ConditionalWeakTable<IIdentity, Caller> Known = [];

    /// <summary>Keeps the caller of a request whose token is genuine.</summary>
    public static Task SetCaller(TokenValidatedContext context)
    {
        var identity = context.Principal!.Identity!;
        if (Known.TryGetValue(identity, out var known))
        {
            context.HttpContext.Features.Set(known);
        }
        else if (Read(context.Principal) is { } caller)
        {
            Known.AddOrUpdate(identity, caller);
            context.HttpContext.Features.Set(caller);
        }
        else
        {
            context.Fail("The token has no subject.");
        }

        return Task.CompletedTask;
    }

    /// <summary>The caller of the current request.</summary>
    /// <exception cref="InvalidOperationException">Its endpoint lets anybody in.</exception>
    public static Caller GetCaller(IServiceProvider services) =>
        services.GetRequiredService<IHttpContextAccessor>().HttpContext?.Features.Get<Caller>()
        ?? throw new InvalidOperationException("There is no caller: endpoints without authorization have none.");

    /// <summary>Null if nobody is signed in, or if the token has no subject.</summary>
    public static Caller? Read(ClaimsPrincipal principal)
    {
        if (GetUserId(principal) is not { } userId)
        {
            return null;
        }

        var projects = Values(principal, Project);
        return new Caller(userId, principal.HasClaim(Role, AdminRole))
        {
            Projects = Integers(projects),
            AllProjects = projects.Contains(EveryProject),
            Organisations = Integers(Values(principal, Organisation)),
            Scopes = Values(principal, Scope).SelectMany(scopes => scopes.Split(' ')).ToHashSet(StringComparer.Ordinal),
        };
    }

    /// <summary>
    /// The subject, if it is a UUID; otherwise the version 5 UUID of <c>iss|sub</c>, so that all providers' users have one.
    /// Null if there is no subject.
    /// </summary>
    public static Guid? GetUserId(ClaimsPrincipal principal)
    {
        var subject = principal.FindFirst(Subject)?.Value;
        if (string.IsNullOrEmpty(subject))
        {
            return null;
        }

        return UuidText.Parse(subject) ?? NameBasedUuid.CreateInUrlNamespace($"{principal.FindFirst(Issuer)?.Value}|{subject}");
    }

    private static List<string> Values(ClaimsPrincipal principal, string claim) =>
        [.. principal.FindAll(claim).Select(found => found.Value)];

    private static HashSet<long> Integers(IEnumerable<string> texts) => [.. texts.Select(DecimalInteger.Parse).OfType<long>()];
}
