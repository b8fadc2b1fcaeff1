namespace Attachments.Application.Changes;

/// <summary>Knows on whose behalf something is changed.</summary>
public interface IChangeAuthor
{
    /// <summary>The user; null: the service does it by itself.</summary>
    Guid? Find();
}
