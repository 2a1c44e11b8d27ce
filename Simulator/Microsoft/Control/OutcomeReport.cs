namespace Switchboard.Simulator.Microsoft;

/// <summary>
/// What <c>GET /_sim/graph/mailboxes/{address}/truth</c> answers: the sum over the mails sent from a time on and before another.
/// </summary>
/// <param name="Sent">How many were sent.</param>
/// <param name="Responded">How many a person answered.</param>
/// <param name="AutoReplied">How many met an automatic reply, answered or not.</param>
/// <param name="Bounced">How many came back.</param>
/// <param name="ResponseRate">The share answered; 0 of none.</param>
/// <param name="MedianSeconds">Half were answered sooner; between two by their mean, as <c>percentile_cont</c> has it. Null when
/// none was.</param>
/// <param name="P90Seconds">Nine of ten were answered sooner; likewise.</param>
/// <param name="ByDomain">By the domain of the first recipient, in their alphabetical order.</param>
/// <param name="ByHourOfWeek">By the hour they were sent in, 168 of them from Monday 0:00 UTC.</param>
internal sealed record OutcomeReport(
    int Sent,
    int Responded,
    int AutoReplied,
    int Bounced,
    double ResponseRate,
    double? MedianSeconds,
    double? P90Seconds,
    IReadOnlyList<DomainOutcome> ByDomain,
    IReadOnlyList<HourOutcome> ByHourOfWeek)
{
    private const int HoursOfWeek = 168;
    // 1970 began on a Thursday
    private const int FirstHour = 72;

    public static OutcomeReport Of(IEnumerable<SentOutcome> mails)
    {
        var all = new OutcomeCounts();
        var domains = new SortedDictionary<string, OutcomeCounts>(StringComparer.Ordinal);
        var hours = Enumerable.Range(0, HoursOfWeek).Select(_ => new OutcomeCounts()).ToArray();
        foreach (var mail in mails)
        {
            all.Add(mail.Outcome);
            hours[((mail.SentAt / 3600) + FirstHour) % HoursOfWeek].Add(mail.Outcome);
            if (!domains.TryGetValue(mail.Domain, out var domain))
            {
                domains[mail.Domain] = domain = new OutcomeCounts();
            }

            domain.Add(mail.Outcome);
        }

        return new OutcomeReport(
            all.Sent,
            all.Responses.Count,
            all.AutoReplied,
            all.Bounced,
            all.Sent == 0 ? 0 : (double)all.Responses.Count / all.Sent,
            all.Percentile(0.5),
            all.Percentile(0.9),
            [.. domains.Select(pair => pair.Value.Of(pair.Key))],
            [.. hours.Select((hour, number) => new HourOutcome(number, hour.Sent, hour.Responses.Count))]);
    }

    private sealed class OutcomeCounts
    {
        public int Sent { get; private set; }

        public int AutoReplied { get; private set; }

        public int Bounced { get; private set; }

        public List<int> Responses { get; } = [];

        public void Add(MailOutcome outcome)
        {
            Sent++;
            AutoReplied += outcome.AutoReplied ? 1 : 0;
            Bounced += outcome.Status == "bounced" ? 1 : 0;
            if (outcome.ResponseSeconds is { } seconds)
            {
                Responses.Add((int)seconds);
            }
        }

        public DomainOutcome Of(string domain) => new(domain, Sent, Responses.Count, Bounced, Percentile(0.5), Percentile(0.9));

        public double? Percentile(double share)
        {
            if (Responses.Count == 0)
            {
                return null;
            }

            Responses.Sort();
            var place = share * (Responses.Count - 1);
            var (below, above) = (Responses[(int)place], Responses[Math.Min((int)place + 1, Responses.Count - 1)]);
            return below + ((above - below) * (place - (int)place));
        }
    }
}

/// <summary>The mails to one domain.</summary>
internal sealed record DomainOutcome(string Domain, int Sent, int Responded, int Bounced, double? MedianSeconds, double? P90Seconds);

/// <summary>The mails sent in one hour of the week.</summary>
internal sealed record HourOutcome(int Hour, int Sent, int Responded);
