namespace Switchboard.Core.Rules;

/// <summary>What came in.</summary>
public enum MessageKind
{
    /// <summary>A mail.</summary>
    Mail,

    /// <summary>A text: SMS or MMS.</summary>
    Text,
}
