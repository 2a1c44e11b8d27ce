using System.Globalization;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>What answers of HTTP that bring no file mean for it. A pure decision.</summary>
internal static class MediaHttp
{
    // the provider tells of a message before its media is everywhere
    private static readonly TimeSpan MayLag = TimeSpan.FromMinutes(5);

    /// <summary>The failure that an answer is.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="retryAfter">Its <c>Retry-After</c>, if it came.</param>
    /// <param name="age">How long the item is known.</param>
    public static MediaException Failure(int status, TimeSpan? retryAfter, TimeSpan age)
    {
        var number = status.ToString(CultureInfo.InvariantCulture);
        return status switch
        {
            404 or 410 when age < MayLag => MediaException.ForNow($"The provider does not have it yet (HTTP {number})."),
            404 or 410 => MediaException.ForGood($"The provider does not have it (HTTP {number})."),

            // the account's token, or a link of storage that has ended: the first is the operator's to mend, the second is a new one next time
            401 or 403 => MediaException.ForNow($"The provider did not let us have it (HTTP {number})."),
            408 or 425 or 429 or >= 500 => MediaException.ForNow($"The provider could not give it (HTTP {number}).", retryAfter),
            _ => MediaException.ForGood($"The provider refused to give it (HTTP {number})."),
        };
    }

    /// <summary>How long the answer says to wait; null if it does not.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };
}
