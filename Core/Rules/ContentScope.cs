namespace Switchboard.Core.Rules;

/// <summary>Where a content rule looks for its words.</summary>
public enum ContentScope
{
    /// <summary>In the subject; a text has none.</summary>
    Subject,

    /// <summary>In the text.</summary>
    Body,

    /// <summary>In either.</summary>
    Both,
}
