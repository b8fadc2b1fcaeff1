using Attachments.Application.Errors;

namespace Attachments.Application.Changes;

/// <summary>Why the feed is not read.</summary>
internal static class ChangeErrors
{
    public static NotFoundException Off() => new("changes_off", "The service keeps no feed of changes.");

    public static InvalidRequestException CursorInvalid() => new("cursor_invalid", "The cursor is not one from the feed of changes.");

    public static GoneException CursorExpired() => new(
        "cursor_expired", "What follows the cursor is not known here any longer. List what there is again, and read on from 'latest'.");
}
