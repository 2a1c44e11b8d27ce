using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>Counts packed mails, as migration 0042 says what a packed mail is: by bucket, by hour of the week, by domain and in all.</summary>
internal sealed class StatsCounter(string bucket)
{
    private const int MaxDomains = 100;
    private const int HoursPerDay = 24;
    private const int MailLength = sizeof(long);

    // the numbers of a packed mail's status
    private const int Active = 0;
    private const int Bounced = 2;
    private const int Expired = 3;
    private const int Stopped = 4;

    private readonly Dictionary<DateTime, Group> _buckets = [];
    private readonly (long Sent, long Responded)[] _slots = new (long, long)[7 * HoursPerDay];
    private readonly Dictionary<string, Group> _domains = new(StringComparer.Ordinal);
    private readonly Group?[] _hours = new Group?[HoursPerDay];
    private readonly long[] _statuses = new long[8];
    private Group[] _named = [];
    private long _autoReplied;

    /// <summary>Adds mails that were sent in one day.</summary>
    /// <param name="day">The day, UTC.</param>
    /// <param name="domains">The domains of their first recipients, one a line.</param>
    /// <param name="mails">Eight bytes of each mail.</param>
    public void Add(DateOnly day, string domains, ReadOnlySpan<byte> mails)
    {
        Name(domains);
        Array.Clear(_hours);
        var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var slots = _slots.AsSpan(DaysSinceMonday(midnight) * HoursPerDay, HoursPerDay);
        for (; mails.Length >= MailLength; mails = mails[MailLength..])
        {
            var packed = BinaryPrimitives.ReadUInt64BigEndian(mails);
            var hour = (int)(packed >> 4) & 31;
            var (inBucket, ofDomain) = (_hours[hour] ??= BucketOf(midnight, hour), _named[(int)((uint)packed >> 9)]);
            inBucket.Sent++;
            ofDomain.Sent++;
            slots[hour].Sent++;
            _statuses[packed & 7]++;
            if ((packed & 7) == Bounced)
                ofDomain.Bounced++;
            if ((packed & 8) != 0)
                _autoReplied++;
            if (packed >> 32 is var answered and > 0)
            {
                (inBucket.Times ??= []).Add((int)(answered - 1));
                (ofDomain.Times ??= []).Add((int)(answered - 1));
                slots[hour].Responded++;
            }
        }
    }

    /// <summary>What was counted, as the rows of stats.</summary>
    public IReadOnlyList<StatsRow> Rows()
    {
        List<StatsRow> rows = [Summary()];
        foreach (var (at, group) in _buckets)
            rows.Add(group.Row(StatsRow.Bucket) with { At = at });
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            if (_slots[slot] is { Sent: > 0 } counted)
                rows.Add(new(StatsRow.HourOfWeek, null, slot, null, counted.Sent, counted.Responded, 0, 0, 0, 0, 0, null, null));
        }

        rows.AddRange(_domains.OrderByDescending(domain => domain.Value.Sent).ThenBy(domain => domain.Key, StringComparer.Ordinal)
            .Take(MaxDomains)
            .Select(domain => domain.Value.Row(StatsRow.RecipientDomain) with { Domain = domain.Key, Bounced = domain.Value.Bounced }));
        return rows;
    }

    private StatsRow Summary()
    {
        var times = ArrayPool<int>.Shared.Rent(_buckets.Values.Sum(group => group.Times?.Count ?? 0));
        var count = 0;
        foreach (var group in _buckets.Values)
        {
            group.Times?.CopyTo(times, count);
            count += group.Times?.Count ?? 0;
        }

        var (median, p90) = Percentiles.Of(times.AsSpan(0, count));
        ArrayPool<int>.Shared.Return(times);
        return new(
            StatsRow.Summary, null, null, null, _statuses.Sum(), count, _autoReplied, _statuses[Bounced], _statuses[Expired], _statuses[Stopped],
            _statuses[Active], median, p90);
    }

    // which of the domains has which number in these mails
    private void Name(string domains)
    {
        var count = domains.AsSpan().Count('\n') + 1;
        if (_named.Length < count)
            _named = new Group[count * 2];
        var known = _domains.GetAlternateLookup<ReadOnlySpan<char>>();
        var number = 0;
        foreach (var line in domains.AsSpan().Split('\n'))
            _named[number++] = CollectionsMarshal.GetValueRefOrAddDefault(known, domains.AsSpan()[line], out _) ??= new();
    }

    private Group BucketOf(DateTime midnight, int hour) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_buckets, bucket switch
        {
            "hour" => midnight.AddHours(hour),
            "day" => midnight,
            "week" => midnight.AddDays(-DaysSinceMonday(midnight)),
            "month" => new DateTime(midnight.Year, midnight.Month, 1, 0, 0, 0, DateTimeKind.Utc),
            _ => throw new InvalidOperationException($"There are no buckets of a {bucket}."),
        }, out _) ??= new();

    private static int DaysSinceMonday(DateTime day) => ((int)day.DayOfWeek + 6) % 7;

    /// <summary>Mails that are counted together.</summary>
    private sealed class Group
    {
        public long Sent;
        public long Bounced;

        /// <summary>The seconds until each answer.</summary>
        public List<int>? Times;

        public StatsRow Row(string part)
        {
            var (median, p90) = Percentiles.Of(CollectionsMarshal.AsSpan(Times));
            return new(part, null, null, null, Sent, Times?.Count ?? 0, 0, 0, 0, 0, 0, median, p90);
        }
    }
}

/// <summary>
/// The median and the 90th percentile, between the two values that are nearest, as <c>percentile_cont</c> of Postgres has them. Of many values
/// none is put in order but these: quickselect (C. A. R. Hoare, Algorithm 65: Find, 1961), around the middle one of three; in an order that was
/// made to be slow for it the rest is sorted (D. R. Musser, Introspective Sorting and Selection Algorithms, 1997).
/// </summary>
internal static class Percentiles
{
    // where sorting is as fast
    private const int Few = 32;

    /// <summary>Of values, whose order it changes; nulls if there are none.</summary>
    public static (double? Median, double? P90) Of(Span<int> values)
    {
        if (values.IsEmpty)
            return (null, null);
        var last = values.Length - 1;
        // nothing before the median's place is greater than what follows
        return (At(values, 0, 0.5 * last), At(values, last / 2, 0.9 * last));
    }

    private static double At(Span<int> values, int from, double place)
    {
        var below = (int)place;
        Select(values[from..], below - from);
        if (below == place)
            return values[below];
        var above = int.MaxValue;
        foreach (var value in values[(below + 1)..])
            above = Math.Min(above, value);
        return values[below] + ((place - below) * ((double)above - values[below]));
    }

    /// <summary>Puts in its place the value that is there when all are sorted, none greater before it and none smaller after it.</summary>
    private static void Select(Span<int> values, int place)
    {
        for (var rounds = 2 * BitOperations.Log2((uint)values.Length); rounds > 0 && values.Length > Few; rounds--)
        {
            var (first, middle, last) = (values[0], values[values.Length / 2], values[^1]);
            var pivot = Math.Max(Math.Min(first, middle), Math.Min(Math.Max(first, middle), last));
            var (left, right) = (0, values.Length - 1);
            while (left <= right)
            {
                while (values[left] < pivot)
                    left++;
                while (values[right] > pivot)
                    right--;
                if (left > right)
                    break;
                (values[left], values[right]) = (values[right], values[left]);
                left++;
                right--;
            }

            if (place <= right)
            {
                values = values[..(right + 1)];
            }
            else if (place >= left)
            {
                values = values[left..];
                place -= left;
            }
            else
            {
                return;
            }
        }

        values.Sort();
    }
}
