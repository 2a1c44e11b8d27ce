using Switchboard.Load.Reporting;

namespace Switchboard.Load.Sms;

/// <summary>Compares the expected items with those that came.</summary>
/// <param name="plan">What each SMS should lead to.</param>
/// <param name="accepted">The SMS that were accepted.</param>
internal sealed class EnrichmentComparison(SmsPlan plan, IReadOnlySet<long> accepted)
{
    private const int MaxExamples = 10;
    private readonly Dictionary<Guid, EnrichmentItem> _items = [];

    /// <summary>How many items the accepted SMS should lead to.</summary>
    public long Expected { get; } = accepted.Sum(number => (long)plan.Of(number).Parts);

    /// <summary>How many are completed or failed.</summary>
    public long Settled { get; private set; }

    /// <summary>An item in the product's list.</summary>
    /// <returns>Whether it was not known before, or not in this state.</returns>
    public bool Add(EnrichmentItem item)
    {
        if (plan.NumberOf(item.MessageSid) is not { } number)
        {
            return false;
        }

        var before = _items.GetValueOrDefault(item.Id);
        _items[item.Id] = item;
        if (accepted.Contains(number))
        {
            Settled += (IsSettled(item) ? 1 : 0) - (before is not null && IsSettled(before) ? 1 : 0);
        }

        return before is null || before.Status != item.Status;
    }

    public EnrichmentResult Evaluate()
    {
        var result = new EnrichmentResult { Expected = Expected };
        var messages = _items.Values.ToLookup(item => plan.NumberOf(item.MessageSid)!.Value);
        foreach (var number in accepted)
        {
            Evaluate(plan.Of(number), [.. messages[number]], result);
        }

        // an SMS that was not accepted may have been processed all the same, but not twice, and not as another
        foreach (var message in messages.Where(message => !accepted.Contains(message.Key)))
        {
            CountWrongAndDuplicated(plan.Of(message.Key), [.. message], result);
        }

        return result;
    }

    private static bool IsSettled(EnrichmentItem item) => item.Status is "completed" or "failed";

    private static void Evaluate(SmsMessage sms, List<EnrichmentItem> items, EnrichmentResult result)
    {
        CountWrongAndDuplicated(sms, items, result);
        var completed = items.FindAll(item => item is { Status: "completed", CompletedAt: not null } && item.Part < sms.Parts);
        var missing = sms.Parts - completed.Select(item => item.Part).Distinct().Count();
        result.Lost += missing;
        if (missing > 0)
        {
            var states = string.Join(
                ", ", items.OrderBy(item => item.Part).Select(item => $"part {item.Part} {item.Status} {item.Reason}".TrimEnd()));
            var found = states.Length == 0 ? "none came" : states;
            AddExample(result, $"{sms.Sid} from {sms.Sender.Number}: {missing} of {sms.Parts} items lost ({found})");
            return;
        }

        var last = completed.Max(item => item.CompletedAt!.Value);
        result.Enriched++;
        result.LastCompletedAt = last > result.LastCompletedAt ? last : result.LastCompletedAt;
        result.EndToEnd.Record(last - completed[0].ReceivedAt);
    }

    private static void CountWrongAndDuplicated(SmsMessage sms, List<EnrichmentItem> items, EnrichmentResult result)
    {
        foreach (var part in items.GroupBy(item => item.Part))
        {
            if (part.Count() - 1 is > 0 and var duplicates)
            {
                result.Duplicated += duplicates;
                AddExample(result, $"{sms.Sid}: part {part.Key} is there {duplicates + 1} times");
            }
        }

        foreach (var item in items)
        {
            if (Difference(sms, item) is { } difference)
            {
                result.Wrong++;
                AddExample(result, $"{sms.Sid}: part {item.Part} {difference}");
            }
        }
    }

    private static string? Difference(SmsMessage sms, EnrichmentItem item)
    {
        var source = sms.Media is null ? "sms" : "mms";
        return item switch
        {
            _ when item.Part >= sms.Parts || item.Part < 0 => "was not sent",
            _ when item.Source != source => $"is of source {item.Source}, not {source}",
            _ when item.From != sms.Sender.Number => $"is from {item.From}, not {sms.Sender.Number}",
            { Part: 0 } when item.Kind != "text" => $"is of kind {item.Kind}, not text",
            { Part: 0 } when item.Text != sms.Body => $"says '{item.Text}', not '{sms.Body}'",
            { Part: 0 } or not { Status: "completed" } => null,
            _ => Difference(sms.Media!, item),
        };
    }

    private static string? Difference(SampleMedia media, EnrichmentItem item) => item switch
    {
        _ when item.Kind != media.Kind => $"is of kind {item.Kind}, not {media.Kind}",
        _ when item.SizeBytes != media.SizeBytes => $"has {item.SizeBytes} bytes, not {media.SizeBytes}",
        _ when item.Transcript != media.Says => $"has the transcript '{item.Transcript}', not '{media.Says}'",
        _ => null,
    };

    private static void AddExample(EnrichmentResult result, string example)
    {
        if (result.Examples.Count < MaxExamples)
        {
            result.Examples.Add(example);
        }
    }
}

/// <summary>How the items that came compare to those that should have.</summary>
internal sealed class EnrichmentResult
{
    /// <summary>Items that the accepted SMS should lead to.</summary>
    public long Expected { get; set; }

    /// <summary>SMS all of whose items are completed.</summary>
    public long Enriched { get; set; }

    /// <summary>Items that are not there, failed, or not completed yet.</summary>
    public long Lost { get; set; }

    /// <summary>Items beyond the first for the same part of an SMS.</summary>
    public long Duplicated { get; set; }

    /// <summary>Items that say something else than what was sent, or of a part that was not.</summary>
    public long Wrong { get; set; }

    /// <summary>Examples of what is wrong.</summary>
    public List<string> Examples { get; } = [];

    public DateTimeOffset LastCompletedAt { get; set; }

    /// <summary>From when the product received an SMS until the last of its items was completed.</summary>
    public LatencyRecorder EndToEnd { get; } = new();
}
