namespace Switchboard.Core.Jobs.Consuming;

/// <summary>A job and what was decided about it.</summary>
internal readonly record struct SettledJob(JobMessage Message, Settlement Settlement);
