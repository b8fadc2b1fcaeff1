using Attachments.Domain.Records;
using Attachments.Domain.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class WebhookConfiguration : IEntityTypeConfiguration<Webhook>
{
    public void Configure(EntityTypeBuilder<Webhook> builder)
    {
        builder.ToTable("webhooks");
        builder.Property(webhook => webhook.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(webhook => webhook.Url).HasColumnName("url").HasMaxLength(Webhook.MaxUrlCharacters);
        builder.Property(webhook => webhook.Types).HasColumnName("types");
        builder.Property(webhook => webhook.ProjectId).HasColumnName("project_id");
        builder.Property(webhook => webhook.FormType).HasColumnName("form_type").HasMaxLength(RecordKey.MaxFormTypeCharacters);
        builder.Property(webhook => webhook.Description).HasColumnName("description").HasMaxLength(Webhook.MaxDescriptionCharacters);
        builder.Property(webhook => webhook.CreatedAt).HasColumnName("created_at");
        builder.Property(webhook => webhook.Revision).HasColumnName("revision").IsConcurrencyToken();
        builder.Property(webhook => webhook.DisabledAt).HasColumnName("disabled_at");
        builder.Property(webhook => webhook.DisabledReason).HasColumnName("disabled_reason");
        builder.Property(webhook => webhook.DeletedAt).HasColumnName("deleted_at");
        builder.Property(webhook => webhook.Secret).HasColumnName("secret");
        builder.Property(webhook => webhook.OldSecrets).HasColumnName("old_secrets");
        builder.Property(webhook => webhook.OldSecretsUntil).HasColumnName("old_secrets_until");
        builder.Property(webhook => webhook.Position).HasColumnName("position");
        builder.Property(webhook => webhook.FailingSince).HasColumnName("failing_since");
        builder.Ignore(webhook => webhook.IsActive);
    }
}

internal sealed class WebhookDeliveryConfiguration : IEntityTypeConfiguration<WebhookDelivery>
{
    private const string IsPending = "state = 0";

    public void Configure(EntityTypeBuilder<WebhookDelivery> builder)
    {
        builder.ToTable("webhook_deliveries");
        builder.HasKey(delivery => new { delivery.WebhookId, delivery.ChangeId });
        builder.Property(delivery => delivery.WebhookId).HasColumnName("webhook_id");
        builder.Property(delivery => delivery.ChangeId).HasColumnName("change_id");
        builder.Property(delivery => delivery.Position).HasColumnName("position");
        builder.Property(delivery => delivery.ObjectKey).HasColumnName("object_key");
        builder.Property(delivery => delivery.Type).HasColumnName("type");
        builder.Property(delivery => delivery.Payload).HasColumnName("payload");
        builder.Property(delivery => delivery.IsTest).HasColumnName("is_test");
        builder.Property(delivery => delivery.CreatedAt).HasColumnName("created_at");
        builder.Property(delivery => delivery.State).HasColumnName("state");
        builder.Property(delivery => delivery.Attempts).HasColumnName("attempts");
        builder.Property(delivery => delivery.NextAt).HasColumnName("next_at");
        builder.Property(delivery => delivery.LastAt).HasColumnName("last_at");
        builder.Property(delivery => delivery.Status).HasColumnName("status");
        builder.Property(delivery => delivery.Error).HasColumnName("error");
        builder.Property(delivery => delivery.Answer).HasColumnName("answer");
        builder.Property(delivery => delivery.EndedAt).HasColumnName("ended_at");
        builder.Property(delivery => delivery.LeaseId).HasColumnName("lease_id");
        builder.Property(delivery => delivery.LeasedUntil).HasColumnName("leased_until");
        builder.HasOne<Webhook>().WithMany().HasForeignKey(delivery => delivery.WebhookId).OnDelete(DeleteBehavior.Restrict);

        // For the list.
        builder.HasIndex(delivery => new { delivery.WebhookId, delivery.Position, delivery.ChangeId }, "ix_webhook_deliveries_newest");
        builder.HasIndex(delivery => new { delivery.WebhookId, delivery.Position }, "ix_webhook_deliveries_dead").HasFilter("state = 2");

        // What is due, what is first of its object, what is going on, and what is old.
        builder.HasIndex(delivery => new { delivery.WebhookId, delivery.NextAt }, "ix_webhook_deliveries_due").HasFilter(IsPending);
        builder.HasIndex(delivery => new { delivery.WebhookId, delivery.ObjectKey, delivery.Position }, "ix_webhook_deliveries_object")
            .HasFilter(IsPending);
        builder.HasIndex(delivery => delivery.WebhookId, "ix_webhook_deliveries_leased").HasFilter("leased_until IS NOT NULL");
        builder.HasIndex(delivery => delivery.EndedAt, "ix_webhook_deliveries_ended").HasFilter("ended_at IS NOT NULL");
    }
}
