using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Redis;

/// <summary>Redis writes its data to disk when so many keys have changed in that time.</summary>
internal sealed class RedisPersistence(TimeSpan? interval, long keysChangedThreshold) : IResourceAnnotation
{
    /// <summary>The value of Redis's <c>save</c>.</summary>
    public string Save { get; } = FormattableString.Invariant($"{(interval ?? TimeSpan.FromSeconds(60)).TotalSeconds} {keysChangedThreshold}");
}
