using System.Security.Cryptography;

namespace Attachments.Domain.Webhooks;

/// <summary>A receiver of changes: where they are sent, which of them, and how they are signed.</summary>
public sealed class Webhook
{
    public const int MaxUrlCharacters = 2048;
    public const int MaxDescriptionCharacters = 1000;

    /// <summary>Standard Webhooks: 24 to 64 bytes, in base64.</summary>
    private const int SecretBytes = 32;

    private const string SecretPrefix = "whsec_";

    /// <summary>So that the signatures of a delivery stay few; the oldest ends first.</summary>
    private const int MaxOldSecrets = 5;

    private static readonly TimeSpan OldSecretsSignFor = TimeSpan.FromHours(24);

    private Webhook(Guid id, string url, string secret, long position, DateTimeOffset createdAt)
    {
        Id = id;
        Url = url;
        Secret = secret;
        Position = position;
        CreatedAt = createdAt;
    }

    public Guid Id { get; private set; }

    public string Url { get; private set; }

    /// <summary>The types of changes that it gets; empty: all.</summary>
    public string[] Types { get; private set; } = [];

    /// <summary>It gets only what happens in this project; null: everything.</summary>
    public long? ProjectId { get; private set; }

    /// <summary>It gets only what happens to records of this form type; null: everything.</summary>
    public string? FormType { get; private set; }

    public string Description { get; private set; } = "";

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Counts what is changed of it by requests, and its ends.</summary>
    public long Revision { get; private set; }

    /// <summary>Null: it is active.</summary>
    public DateTimeOffset? DisabledAt { get; private set; }

    /// <summary>One of <see cref="DisabledReasons"/>; null: it is active.</summary>
    public string? DisabledReason { get; private set; }

    /// <summary>Nobody sees it any more; its deliveries are still to be removed.</summary>
    public DateTimeOffset? DeletedAt { get; private set; }

    /// <summary>Signs, as receivers are given it: <c>whsec_</c> and base64.</summary>
    public string Secret { get; private set; }

    /// <summary>Those before, each of which signs along until its time in <see cref="OldSecretsUntil"/>.</summary>
    public string[] OldSecrets { get; private set; } = [];

    public DateTimeOffset[] OldSecretsUntil { get; private set; } = [];

    /// <summary>The position in the feed up to which there are deliveries.</summary>
    public long Position { get; private set; }

    /// <summary>Since when no try has succeeded, but for tests; null: none has failed since the last success.</summary>
    public DateTimeOffset? FailingSince { get; private set; }

    public bool IsActive => DisabledAt is null;

    /// <summary>Makes one that gets what comes after a position in the feed.</summary>
    public static Webhook Create(string url, long position, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), url, MakeSecret(), position, now);

    /// <summary>How long another receiver has failed says nothing of the new one.</summary>
    public void MoveTo(string url) => Change(Url != url, () => (Url, FailingSince) = (url, null));

    /// <summary>Says which changes it gets from now on.</summary>
    public void Select(string[] types, long? projectId, string? formType) => Change(
        !Types.SequenceEqual(types) || ProjectId != projectId || FormType != formType,
        () => (Types, ProjectId, FormType) = (types, projectId, formType));

    public void Describe(string description) => Change(Description != description, () => Description = description);

    /// <summary>It gets nothing any more.</summary>
    public void Disable(string reason, DateTimeOffset now) =>
        Change(IsActive, () => (DisabledAt, DisabledReason) = (now, reason));

    /// <summary>If it is disabled, it gets what comes after a position in the feed.</summary>
    public void Enable(long position) => Change(
        !IsActive,
        () => (DisabledAt, DisabledReason, FailingSince, Position) = (null, null, null, position));

    /// <summary>It gets again what came after a position in the feed.</summary>
    public void Replay(long position)
    {
        Enable(position);
        Position = position;
    }

    /// <summary>Replaces its secret, which signs along for a day.</summary>
    public void Rotate(DateTimeOffset now)
    {
        var kept = OldSecrets.Zip(OldSecretsUntil).Where(old => old.Second > now).TakeLast(MaxOldSecrets - 1)
            .Append((Secret, now + OldSecretsSignFor)).ToList();
        OldSecrets = [.. kept.Select(old => old.Item1)];
        OldSecretsUntil = [.. kept.Select(old => old.Item2)];
        Secret = MakeSecret();
        Revision++;
    }

    /// <summary>The secrets that sign now, the newest first.</summary>
    public IReadOnlyList<string> GetSecrets(DateTimeOffset now) =>
        [Secret, .. OldSecrets.Zip(OldSecretsUntil).Where(old => old.Second > now).Select(old => old.First).Reverse()];

    /// <summary>Ends it. Its secrets are forgotten.</summary>
    public void Delete(DateTimeOffset now)
    {
        (DeletedAt, Secret, OldSecrets, OldSecretsUntil) = (now, "", [], []);
        Revision++;
    }

    private static string MakeSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    private void Change(bool isChange, Action change)
    {
        if (isChange)
        {
            change();
            Revision++;
        }
    }
}

/// <summary>Why a webhook is disabled.</summary>
public static class DisabledReasons
{
    /// <summary>An administrator has disabled it.</summary>
    public const string Requested = "requested";

    /// <summary>The receiver has answered 410 (RFC 9110, section 15.5.11).</summary>
    public const string Gone = "gone";

    /// <summary>No try has succeeded for <see cref="FailuresDisableAfter"/>.</summary>
    public const string Failing = "failing";

    /// <summary>Changes were removed from the feed before they could be delivered.</summary>
    public const string ChangesExpired = "changes_expired";

    public static readonly TimeSpan FailuresDisableAfter = TimeSpan.FromDays(5);
}
