namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>Whom mails went to: <c>ann@contoso.test</c>, or everybody of <c>contoso.test</c> or <c>@contoso.test</c>.</summary>
internal static class RecipientFilter
{
    public const int MaxLength = 320;

    /// <summary>An address in lower case, or @ and a domain; null when it says neither.</summary>
    public static string? Of(string? recipient)
    {
        if (recipient?.Trim().ToLowerInvariant() is not { Length: > 0 and <= MaxLength } wanted)
            return null;
        var domain = wanted[(wanted.LastIndexOf('@') + 1)..];
        if (domain.Length == 0)
            return null;
        return domain.Length == wanted.Length ? $"@{domain}" : wanted;
    }
}
