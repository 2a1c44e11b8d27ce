using System.Globalization;

namespace Switchboard.Workers.Dispatch.Channels.Webhook;

/// <summary>What an attempt means for its delivery.</summary>
internal enum DeliveryOutcome
{
    /// <summary>It was taken.</summary>
    Delivered,

    /// <summary>It is tried again.</summary>
    Retry,

    /// <summary>It is given up.</summary>
    Failed,
}

/// <summary>What an answer means: for the delivery, for the endpoint. A pure decision.</summary>
/// <param name="Outcome">For the delivery.</param>
/// <param name="RetryAfter">When it is tried again, if it is.</param>
/// <param name="Error">Why it was not taken; null when it was.</param>
/// <param name="Hold">How long nothing is sent to the endpoint at all; null for not at all.</param>
/// <param name="IsGone">Whether the endpoint says that it is to be turned off.</param>
internal sealed record DeliveryDecision(
    DeliveryOutcome Outcome, TimeSpan? RetryAfter = null, string? Error = null, TimeSpan? Hold = null, bool IsGone = false)
{
    private const double Jitter = 0.1;

    private static readonly TimeSpan HoldUnlessSaid = TimeSpan.FromSeconds(30);

    // Standard Webhooks, "retry schedule": the wait before each attempt, of which the first is made at once
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>How often a delivery is tried.</summary>
    public static int Attempts => Waits.Length;

    /// <summary>Decides.</summary>
    /// <param name="answer">What came of the attempt.</param>
    /// <param name="tries">Which attempt it was, from 1, since the delivery was last asked for.</param>
    /// <param name="random">From 0 to 1: where in the jitter's range the wait falls.</param>
    public static DeliveryDecision For(WebhookAnswer answer, int tries, double random)
    {
        if (answer.Status is >= 200 and < 300)
            return new(DeliveryOutcome.Delivered);
        var error = ErrorOf(answer);
        if (answer.IsRefused)
            return new(DeliveryOutcome.Failed, Error: error);
        if (answer.Status == 410)
            return new(DeliveryOutcome.Failed, Error: error, IsGone: true);

        // 503 holds only where it says for how long: many send it for any fault of theirs
        TimeSpan? hold = answer.Status is 429 or 502 or 504 ? answer.RetryAfter ?? HoldUnlessSaid
            : answer.Status == 503 ? answer.RetryAfter
            : null;
        if (tries >= Attempts)
            return new(DeliveryOutcome.Failed, Error: error, Hold: hold);
        var wait = Waits[tries] * (1 + (Jitter * ((2 * random) - 1)));
        return new(DeliveryOutcome.Retry, hold > wait ? hold : wait, error, hold);
    }

    private static string ErrorOf(WebhookAnswer answer) => answer.Status switch
    {
        null => answer.Error ?? "There was no answer.",
        >= 300 and < 400 => string.Create(CultureInfo.InvariantCulture, $"It answered {answer.Status}; redirects are not followed."),
        410 => "It answered 410: it wants no more webhooks.",
        var status => string.Create(CultureInfo.InvariantCulture, $"It answered {status}."),
    };
}
