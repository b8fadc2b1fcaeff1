using Attachments.Application.Common;
using Attachments.Infrastructure.Persistence;
using FluentValidation;

namespace Attachments.Api.Startup;

internal sealed class LimitsValidator : AbstractValidator<LimitsOptions>
{
    public LimitsValidator()
    {
        RuleFor(limits => limits.MaxUploadBytes).GreaterThan(0);
        RuleFor(limits => limits.MaxParts).GreaterThan(0);
        RuleFor(limits => limits.MaxRawDataBytes).GreaterThan(0);
        RuleFor(limits => limits.MaxDocumentBytes).GreaterThan(0);
    }
}

internal sealed class StorageValidator : AbstractValidator<StorageOptions>
{
    public StorageValidator()
    {
        RuleFor(storage => storage.ReclaimAfter).GreaterThanOrEqualTo(TimeSpan.Zero);
        RuleFor(storage => storage.AbandonAfter).GreaterThanOrEqualTo(TimeSpan.Zero);
    }
}

internal sealed class DatabaseValidator : AbstractValidator<DatabaseOptions>
{
    public DatabaseValidator() => RuleFor(database => database.StartTimeout).GreaterThanOrEqualTo(TimeSpan.Zero);
}
