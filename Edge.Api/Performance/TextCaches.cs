namespace Switchboard.Edge.Api.Performance;

/// <summary>The caches that a text passes. Each of their entries is tagged with the name of its namespace, by which they are cleared.</summary>
internal static class TextCaches
{
    /// <summary>Whose a number is.</summary>
    public const string PhoneNumbers = "phone-numbers";

    /// <summary>Whether a number that is nobody's is linked and waits for its code.</summary>
    public const string Verification = "phone-verification";
}
