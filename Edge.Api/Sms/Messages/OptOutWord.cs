namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>What an SMS asks of everything that is sent to its number.</summary>
internal enum OptOutWish
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Send nothing any more.</summary>
    Stop,

    /// <summary>Send again.</summary>
    Start,
}

/// <summary>The words that carriers and the provider understand, alone in an SMS.</summary>
internal static class OptOutWord
{
    /// <summary>What the SMS asks.</summary>
    /// <param name="optOutType">What the provider understood, if it says so: STOP, START or HELP.</param>
    /// <param name="body">What it says.</param>
    public static OptOutWish Of(string? optOutType, string body) => (optOutType ?? body.Trim()).ToUpperInvariant() switch
    {
        "STOP" or "STOPALL" or "UNSUBSCRIBE" or "CANCEL" or "END" or "QUIT" => OptOutWish.Stop,
        "START" or "YES" or "UNSTOP" => OptOutWish.Start,
        _ => OptOutWish.None,
    };
}
