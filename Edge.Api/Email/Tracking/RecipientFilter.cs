using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>Whom mails went to: <c>ann@contoso.test</c>, or everybody of <c>contoso.test</c> or <c>@contoso.test</c>.</summary>
internal static class RecipientFilter
{
    public const int MaxLength = 320;

    /// <summary>A canonical address (<see cref="MailAddress"/>), or @ and a domain; null when it says neither.</summary>
    public static string? Of(string? recipient)
    {
        if (recipient?.Trim() is not { Length: > 0 and <= MaxLength } written)
            return null;
        var wanted = written.Contains('@', StringComparison.Ordinal) ? MailAddress.Canonical(written) : MailAddress.CanonicalDomain(written);
        var domain = wanted[(wanted.LastIndexOf('@') + 1)..];
        if (domain.Length == 0)
            return null;
        return domain.Length == wanted.Length ? $"@{domain}" : wanted;
    }
}
