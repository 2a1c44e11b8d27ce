namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>What a try of a code comes to.</summary>
internal enum CodeCheck
{
    /// <summary>The number is verified now.</summary>
    Right,

    /// <summary>It was verified already; whatever was given.</summary>
    VerifiedBefore,

    /// <summary>It may be tried again.</summary>
    Wrong,

    /// <summary>The code is void and the number pauses.</summary>
    WrongForTheLastTime,

    /// <summary>The number pauses.</summary>
    Paused,

    /// <summary>None was made, it is over, or it is void.</summary>
    NoCode,
}
