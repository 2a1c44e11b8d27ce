using Switchboard.Simulator.GraphMail;

namespace Switchboard.Simulator.GraphPlan;

/// <summary>The planned mails of the inbox. They overtake each other, so their order is the one thing that is kept: 4 bytes a mail.</summary>
internal sealed class ArrivedMails : IMailList
{
    private readonly MailPlan _plan;
    private readonly int[] _codes;

    public ArrivedMails(MailPlan plan)
    {
        _plan = plan;
        List<long> seconds = [];
        List<int> codes = [];
        for (var index = 0; index < plan.Count; index++)
        {
            var (fate, sent) = (plan.FateOf(index), plan.SentAt(index));
            Add(index, MailKind.Reply, sent, fate.ReplyAfter);
            Add(index, MailKind.AutoReply, sent, fate.AutoReplyAfter);
            Add(index, MailKind.Bounce, sent, fate.BounceAfter);
        }

        _codes = Sorted([.. seconds], [.. codes]);

        void Add(int index, MailKind kind, long sent, long? after)
        {
            if (after is { } late)
            {
                seconds.Add(sent + late);
                codes.Add(new PlannedMail(index, kind).Code);
            }
        }
    }

    public int Count => _codes.Length;

    public MailPosition At(int rank) => _plan.PositionOf(PlannedMail.FromCode(_codes[rank]));

    private static int[] Sorted(long[] seconds, int[] codes)
    {
        Array.Sort(seconds, codes);
        // within a second by code
        for (int start = 0, end; start < seconds.Length; start = end)
        {
            for (end = start + 1; end < seconds.Length && seconds[end] == seconds[start];)
            {
                end++;
            }

            Array.Sort(codes, start, end - start);
        }

        return codes;
    }
}
