namespace Attachments.Domain.Webhooks;

/// <summary>A change on its way to a webhook. It keeps what is sent, so that it outlives the change in the feed.</summary>
public sealed class WebhookDelivery
{
    private WebhookDelivery(Guid webhookId, Guid changeId, long position, long objectKey, string type, byte[] payload, DateTimeOffset createdAt)
    {
        WebhookId = webhookId;
        ChangeId = changeId;
        Position = position;
        ObjectKey = objectKey;
        Type = type;
        Payload = payload;
        CreatedAt = createdAt;
    }

    public Guid WebhookId { get; private set; }

    /// <summary>The id of the change, which receivers know duplicates by.</summary>
    public Guid ChangeId { get; private set; }

    /// <summary>That of the change in the feed.</summary>
    public long Position { get; private set; }

    /// <summary>The same for all changes of an object, which are delivered one after another.</summary>
    public long ObjectKey { get; private set; }

    public string Type { get; private set; }

    /// <summary>The body that is sent, in UTF-8.</summary>
    public byte[] Payload { get; private set; }

    /// <summary>It was asked for to try the receiver: it is tried once, also while the webhook is disabled.</summary>
    public bool IsTest { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DeliveryState State { get; private set; }

    /// <summary>How often it has been tried.</summary>
    public int Attempts { get; private set; }

    /// <summary>The next try is not before; null: there is none.</summary>
    public DateTimeOffset? NextAt { get; private set; }

    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>The status of the last answer; null: there was none.</summary>
    public int? Status { get; private set; }

    /// <summary>Why the last try failed, in snake case; null: it has not.</summary>
    public string? Error { get; private set; }

    /// <summary>The beginning of the last answer's body.</summary>
    public byte[]? Answer { get; private set; }

    /// <summary>When it was delivered, or given up.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The try that is going on now, if its time in <see cref="LeasedUntil"/> is not over.</summary>
    public Guid? LeaseId { get; private set; }

    public DateTimeOffset? LeasedUntil { get; private set; }

    /// <summary>One that only tries the receiver.</summary>
    public static WebhookDelivery Test(Guid webhookId, Guid id, long position, string type, byte[] payload, DateTimeOffset now) =>
        new(webhookId, id, position, BitConverter.ToInt64(id.ToByteArray(), 8), type, payload, now) { IsTest = true, NextAt = now };
}

public enum DeliveryState : short
{
    /// <summary>It is tried until it succeeds, or the tries end.</summary>
    Pending = 0,

    Delivered = 1,

    /// <summary>The last try has failed, or the webhook was disabled.</summary>
    Dead = 2,
}
