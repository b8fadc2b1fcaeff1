using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Attachments.Domain.Changes;

namespace Attachments.Application.Webhooks;

/// <summary>Which object a change is of: a session, a record, a temporary set or an owned attachment, with all of its files.</summary>
public static class ChangedObject
{
    /// <summary>The same for all changes of an object. Two objects that share one by chance only wait for each other.</summary>
    public static long GetKey(Change change) => (long)XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{change.ProjectId}\n{change.SessionUuid}\n{change.FormType}\n{change.RecordId}\n{change.TemporaryId}\n{change.AttachmentId}")));
}
