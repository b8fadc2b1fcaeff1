using Attachments.Application.Access;

namespace Attachments.Application.Links;

/// <summary>Makes the tokens of links.</summary>
public interface ILinkSigner
{
    /// <summary>Whether there is a key to sign with.</summary>
    bool HasKey { get; }

    /// <summary>The token, which is the same for the same request. It needs no percent-encoding.</summary>
    string Sign(GrantedRequest granted);
}
