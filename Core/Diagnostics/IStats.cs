namespace Switchboard.Core.Diagnostics;

/// <summary>
/// A small record of figures that a process reports of itself: JSON among the processes, so a part of it that is new is read as its
/// default from a process of the version before. See <see cref="ProcessReport"/>.
/// </summary>
public interface IStats
{
    /// <summary>Its name in the report, one word that no other has.</summary>
    static abstract string Section { get; }
}
