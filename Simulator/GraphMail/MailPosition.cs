namespace Switchboard.Simulator.GraphMail;

/// <summary>Where a mail stands among all mails of its mailbox: by time, and within a second by a number that no other mail has.</summary>
/// <param name="Second">When it was received or sent, in seconds since 1970.</param>
/// <param name="Order">Of a planned mail its code, of an added one its number above <see cref="FirstAdded"/>.</param>
internal readonly record struct MailPosition(long Second, long Order) : IComparable<MailPosition>
{
    /// <summary>Above the codes of all planned mails.</summary>
    public const long FirstAdded = 1L << 40;

    public static MailPosition First { get; } = new(long.MinValue, long.MinValue);

    public static MailPosition Last { get; } = new(long.MaxValue, long.MaxValue);

    public bool IsAdded => Order >= FirstAdded;

    /// <summary>The position before all mails of a second.</summary>
    public static MailPosition StartOf(long second) => new(second, long.MinValue);

    public static MailPosition OfAdded(long second, int number) => new(second, FirstAdded + number);

    /// <summary>The place behind which nothing comes before the next mail.</summary>
    public MailPosition Next() => this with { Order = Order + 1 };

    public int CompareTo(MailPosition other) => Second != other.Second ? Second.CompareTo(other.Second) : Order.CompareTo(other.Order);
}
