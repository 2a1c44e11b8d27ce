using System.Diagnostics;

namespace Switchboard.Core.Jobs;

/// <summary>A job on its way to its lane.</summary>
/// <param name="Job">The job.</param>
/// <param name="Parent">The span that caused it; null for <see cref="Activity.Current"/>.</param>
public sealed record OutgoingJob(IJob Job, ActivityContext? Parent = null);
