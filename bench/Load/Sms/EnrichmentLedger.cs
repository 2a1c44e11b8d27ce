namespace Switchboard.Load.Sms;

/// <summary>Holds the items that should have come against those that did.</summary>
/// <param name="plan">What each text should lead to.</param>
/// <param name="accepted">The texts that were taken.</param>
internal sealed class EnrichmentLedger(TextPlan plan, IReadOnlySet<long> accepted)
{
    private const int MostExamples = 10;
    private readonly Dictionary<Guid, TextItem> _items = [];

    /// <summary>How many items the accepted texts should lead to.</summary>
    public long Expected { get; } = accepted.Sum(number => (long)plan.Of(number).Parts);

    /// <summary>How many are completed or failed.</summary>
    public long Settled { get; private set; }

    /// <summary>An item in the product's list.</summary>
    /// <returns>Whether it was not known before, or not in this state.</returns>
    public bool Note(TextItem item)
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

    public EnrichmentVerdict Judge()
    {
        var verdict = new EnrichmentVerdict { Expected = Expected };
        var texts = _items.Values.ToLookup(item => plan.NumberOf(item.MessageSid)!.Value);
        foreach (var number in accepted)
        {
            Judge(plan.Of(number), [.. texts[number]], verdict);
        }

        // a text that was not accepted may have been taken all the same, but not twice, and not as another
        foreach (var text in texts.Where(text => !accepted.Contains(text.Key)))
        {
            NoteWrongAndDoubled(plan.Of(text.Key), [.. text], verdict);
        }

        return verdict;
    }

    private static bool IsSettled(TextItem item) => item.Status is "completed" or "failed";

    private static void Judge(TextSpec text, List<TextItem> items, EnrichmentVerdict verdict)
    {
        NoteWrongAndDoubled(text, items, verdict);
        var completed = items.FindAll(item => item is { Status: "completed", CompletedAt: not null } && item.Part < text.Parts);
        var missing = text.Parts - completed.Select(item => item.Part).Distinct().Count();
        verdict.Lost += missing;
        if (missing > 0)
        {
            var states = string.Join(", ", items.OrderBy(item => item.Part).Select(item => $"part {item.Part} {item.Status} {item.Reason}".TrimEnd()));
            Say(verdict, $"{text.Sid} from {text.Sender.Number}: {missing} of {text.Parts} items lost ({(states.Length == 0 ? "none came" : states)})");
            return;
        }

        var last = completed.Max(item => item.CompletedAt!.Value);
        verdict.Enriched++;
        verdict.LastCompletedAt = last > verdict.LastCompletedAt ? last : verdict.LastCompletedAt;
        verdict.EndToEnd.Record(last - completed[0].ReceivedAt);
    }

    private static void NoteWrongAndDoubled(TextSpec text, List<TextItem> items, EnrichmentVerdict verdict)
    {
        foreach (var part in items.GroupBy(item => item.Part))
        {
            if (part.Count() - 1 is > 0 and var doubled)
            {
                verdict.Duplicated += doubled;
                Say(verdict, $"{text.Sid}: part {part.Key} is there {doubled + 1} times");
            }
        }

        foreach (var item in items)
        {
            if (Mistake(text, item) is { } mistake)
            {
                verdict.Wrong++;
                Say(verdict, $"{text.Sid}: part {item.Part} {mistake}");
            }
        }
    }

    private static string? Mistake(TextSpec text, TextItem item)
    {
        var source = text.Media is null ? "sms" : "mms";
        return item switch
        {
            _ when item.Part >= text.Parts || item.Part < 0 => "was not sent",
            _ when item.Source != source => $"is of source {item.Source}, not {source}",
            _ when item.From != text.Sender.Number => $"is from {item.From}, not {text.Sender.Number}",
            { Part: 0 } when item.Kind != "text" => $"is of kind {item.Kind}, not text",
            { Part: 0 } when item.Text != text.Body => $"says '{item.Text}', not '{text.Body}'",
            { Part: 0 } or not { Status: "completed" } => null,
            _ => Mistake(text.Media!, item),
        };
    }

    private static string? Mistake(SampleMedia media, TextItem item) => item switch
    {
        _ when item.Kind != media.Kind => $"is of kind {item.Kind}, not {media.Kind}",
        _ when item.SizeBytes != media.SizeBytes => $"has {item.SizeBytes} bytes, not {media.SizeBytes}",
        _ when item.Transcript != media.Says => $"has the transcript '{item.Transcript}', not '{media.Says}'",
        _ => null,
    };

    private static void Say(EnrichmentVerdict verdict, string example)
    {
        if (verdict.Examples.Count < MostExamples)
        {
            verdict.Examples.Add(example);
        }
    }
}
