namespace Switchboard.Core.Jobs.Scheduling;

/// <summary>A job that is run again and again.</summary>
internal sealed record RecurringJob(string Name, TimeSpan Every, Func<OutgoingJob> Next);
