namespace Attachments.Domain.Links;

/// <summary>A signed link that can be revoked. Other links leave no trace here: their token says everything.</summary>
public sealed class Link
{
    private Link(Guid id, Guid madeBy, string method, string target, DateTimeOffset expiresAt, int? maxUses)
    {
        Id = id;
        MadeBy = madeBy;
        Method = method;
        Target = target;
        ExpiresAt = expiresAt;
        MaxUses = maxUses;
    }

    /// <summary>The <c>jti</c> of its token. Version 7, so that ids are in the order of making.</summary>
    public Guid Id { get; private set; }

    /// <summary>The user who made it.</summary>
    public Guid MadeBy { get; private set; }

    /// <summary>The method of the request that it grants.</summary>
    public string Method { get; private set; }

    /// <summary>The path of that request, as it is sent.</summary>
    public string Target { get; private set; }

    public DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>Null: there is no limit.</summary>
    public int? MaxUses { get; private set; }

    /// <summary>The downloads from the first byte on, and the uploads stored.</summary>
    public int Uses { get; private set; }

    public DateTimeOffset? LastUsedAt { get; private set; }

    public DateTimeOffset? RevokedAt { get; private set; }

    public static Link Create(Guid madeBy, string method, string target, DateTimeOffset expiresAt, int? maxUses, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), madeBy, method, target, expiresAt, maxUses);

    /// <summary>No request begins by it any more. One that has begun ends whole.</summary>
    public void Revoke(DateTimeOffset now) => RevokedAt ??= now;
}
