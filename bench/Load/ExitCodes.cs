namespace Switchboard.Load;

/// <summary>What the tool ends with.</summary>
internal static class ExitCodes
{
    /// <summary>Everything arrived, once.</summary>
    public const int Fine = 0;

    /// <summary>Something was lost or doubled, or came that should not have.</summary>
    public const int Broken = 1;

    /// <summary>The load could not be put on.</summary>
    public const int NotRun = 2;
}
