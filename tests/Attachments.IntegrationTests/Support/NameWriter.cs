using System.Text;
using Attachments.Application.Changes;
using Attachments.Domain.Changes;

namespace Attachments.IntegrationTests.Support;

/// <summary>Writes of each change the name of what it is about.</summary>
internal sealed class NameWriter : IChangeWriter
{
    public byte[] Write(Change change) => Encoding.UTF8.GetBytes(change.SessionUuid ?? change.RecordId ?? "");
}
