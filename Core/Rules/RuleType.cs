namespace Switchboard.Core.Rules;

/// <summary>What a rule looks at.</summary>
public enum RuleType
{
    /// <summary>Who sent it.</summary>
    Sender,

    /// <summary>What it says.</summary>
    Content,

    /// <summary>Both must match.</summary>
    Combined,
}
