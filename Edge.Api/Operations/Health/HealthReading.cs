using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Operations.Health;

/// <summary>All that health is judged by.</summary>
/// <param name="Reports">What processes say of themselves: without the database, this one alone.</param>
/// <param name="Tables">What the database says; null when it is away.</param>
/// <param name="Ready">Messages in the lanes of mail tracking; null while the broker is away.</param>
/// <param name="IsCaching">Whether results of queries are cached for everybody.</param>
/// <param name="IsLimitLocal">Whether limits of calls are kept in the processes for everybody.</param>
internal sealed record HealthReading(
    IReadOnlyList<ProcessReport> Reports, HealthTables? Tables, long? Ready, bool IsCaching, bool IsLimitLocal);

/// <summary>What the database says.</summary>
/// <param name="Waiting">Jobs that wait, by priority.</param>
/// <param name="WebhookJobsPerMinute">Jobs of the webhook that are done.</param>
internal sealed record HealthTables(IReadOnlyList<WaitingJobs> Waiting, double WebhookJobsPerMinute);
