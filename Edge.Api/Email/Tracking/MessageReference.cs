namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>How a mail is named: by the provider's id, or by its Message-ID (RFC 5322, 3.6.4).</summary>
internal static class MessageReference
{
    /// <summary>What is wrong with it; null if nothing is.</summary>
    public static string? Mistake(string text)
    {
        var id = text.AsSpan().Trim();
        return id switch
        {
            [] => "It is empty.",
            _ when HasBlank(id) => "It must not contain white space or control characters.",
            ['<', .. var inner, '>'] => inner.IndexOf('@') > 0 && !inner.ContainsAny('<', '>') ? null : "A Message-ID is <left@right>.",
            _ when id.ContainsAny('<', '>') => "It must be the provider's id of the mail, or its Message-ID in angle brackets.",
            _ => null,
        };
    }

    private static bool HasBlank(ReadOnlySpan<char> id)
    {
        foreach (var character in id)
        {
            if (char.IsWhiteSpace(character) || char.IsControl(character))
                return true;
        }

        return false;
    }
}
