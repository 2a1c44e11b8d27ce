using System.Diagnostics;

namespace Switchboard.Core.Jobs.Consuming;

/// <summary>A message whose body could be read.</summary>
internal sealed record DecodedJob(ReceivedJob Received, IJob Job, Activity? Activity);
