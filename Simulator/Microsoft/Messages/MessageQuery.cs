using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;

namespace Switchboard.Simulator.Microsoft;

/// <summary>The parameters of a list of messages.</summary>
/// <param name="Filter">Which.</param>
/// <param name="NewestFirst">In which order; newest first without <c>$orderby</c>.</param>
/// <param name="Skip">How many are left out.</param>
/// <param name="Top">How many a page has: 10, up to 1000.</param>
/// <param name="Fields">What of each.</param>
/// <param name="After">Where the page before ended: what <c>$skiptoken</c> says.</param>
internal sealed record MessageQuery(MessageFilter Filter, bool NewestFirst, int Skip, int Top, MessageFields Fields, MailPosition? After)
{
    public const int DefaultTop = 10;
    public const int MostTop = 1000;
    private static readonly Dictionary<string, MessageFields> FieldNames = Enum.GetValues<MessageFields>()
        .Where(field => int.PopCount((int)field) == 1)
        .ToDictionary(field => field.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads them.</summary>
    /// <param name="request">The call.</param>
    /// <param name="query">What was read.</param>
    /// <returns>What is wrong with them; null for nothing.</returns>
    public static GraphAnswer? Read(GraphRequest request, out MessageQuery query)
    {
        query = new MessageQuery(MessageFilter.None, true, 0, DefaultTop, MessageFields.Usual, null);
        if (MessageFilter.Read(request.Parameter("filter")) is not { } filter)
        {
            return GraphErrors.Invalid($"Invalid filter clause: {request.Parameter("filter")}");
        }

        if (Number(request, "top", DefaultTop) is not { } top || top == 0)
        {
            return GraphErrors.Invalid($"Invalid value '{request.Parameter("top")}' for $top query option found.");
        }

        if (top > MostTop)
        {
            return GraphErrors.Invalid($"The limit of '{MostTop}' for Top query has been exceeded. The value from the incoming request is '{top}'.");
        }

        if (Number(request, "skip", 0) is not { } skip)
        {
            return GraphErrors.Invalid($"Invalid value '{request.Parameter("skip")}' for $skip query option found.");
        }

        if (ReadFields(request.Parameter("select")) is not { } fields)
        {
            return GraphErrors.Invalid($"Could not find a property named in '{request.Parameter("select")}' on type 'Microsoft.OutlookServices.Message'.");
        }

        MailPosition? after = null;
        if (request.Parameter("skiptoken") is { } token && (after = ReadToken(token)) is null)
        {
            return GraphErrors.Invalid("The $skiptoken is malformed.");
        }

        query = new MessageQuery(filter, true, skip, top, fields, after);
        return request.Parameter("orderby") is { } order ? query.ReadOrder(order, out query) : null;
    }

    /// <summary>The fields of a <c>$select</c>, all that are usual without one; null when there is no such field.</summary>
    public static MessageFields? ReadFields(string? select)
    {
        if (select is null)
        {
            return MessageFields.Usual;
        }

        var fields = MessageFields.Id;
        foreach (var name in select.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!FieldNames.TryGetValue(name, out var field))
            {
                return null;
            }

            fields |= field;
        }

        return fields;
    }

    /// <summary>The range of a folder's mails that is asked for, with one more to see whether there are further ones.</summary>
    public MailRange Range(MailFolder? folder)
    {
        var (low, high) = (MailPosition.StartOf(Filter.From), MailPosition.StartOf(Filter.To));
        if (After is { } after)
        {
            low = !NewestFirst && after.Next().CompareTo(low) > 0 ? after.Next() : low;
            high = NewestFirst && after.CompareTo(high) < 0 ? after : high;
        }

        return new MailRange(folder, low, high, NewestFirst, Skip, Top + 1);
    }

    public static string Token(MailPosition after)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, after.Second);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], after.Order);
        return Base64Url.EncodeToString(bytes);
    }

    private GraphAnswer? ReadOrder(string order, out MessageQuery query)
    {
        query = this;
        var words = order.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not (["receivedDateTime" or "sentDateTime"] or ["receivedDateTime" or "sentDateTime", "asc" or "desc"]))
        {
            return GraphErrors.Invalid($"The simulator sorts by receivedDateTime or sentDateTime, asc or desc, not by '{order}'.");
        }

        if (Filter.FirstProperty is { } first && first != words[0])
        {
            return GraphErrors.TooComplex;
        }

        query = this with { NewestFirst = words is [_, "desc"] };
        return null;
    }

    private static MailPosition? ReadToken(string token)
    {
        Span<byte> bytes = stackalloc byte[16];
        return token.Length == 22 && Base64Url.TryDecodeFromChars(token, bytes, out var length) && length == 16
            ? new MailPosition(BinaryPrimitives.ReadInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes[8..]))
            : null;
    }

    private static int? Number(GraphRequest request, string name, int otherwise) =>
        request.Parameter(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : null;
}

/// <summary>The properties of a message that <c>$select</c> may name; <c>id</c> always comes.</summary>
[Flags]
internal enum MessageFields
{
    None = 0,
    Id = 1,
    CreatedDateTime = 1 << 1,
    LastModifiedDateTime = 1 << 2,
    ChangeKey = 1 << 3,
    Categories = 1 << 4,
    ReceivedDateTime = 1 << 5,
    SentDateTime = 1 << 6,
    HasAttachments = 1 << 7,
    InternetMessageId = 1 << 8,
    Subject = 1 << 9,
    BodyPreview = 1 << 10,
    Importance = 1 << 11,
    ParentFolderId = 1 << 12,
    ConversationId = 1 << 13,
    ConversationIndex = 1 << 14,
    IsRead = 1 << 15,
    IsDraft = 1 << 16,
    Body = 1 << 17,
    Sender = 1 << 18,
    From = 1 << 19,
    ToRecipients = 1 << 20,
    CcRecipients = 1 << 21,
    BccRecipients = 1 << 22,
    ReplyTo = 1 << 23,
    Flag = 1 << 24,

    /// <summary>Only when it is selected.</summary>
    InternetMessageHeaders = 1 << 25,

    /// <summary>What comes without a <c>$select</c>.</summary>
    Usual = InternetMessageHeaders - 1,

    /// <summary>What a broken mail still has.</summary>
    OfBroken = Id | Subject | BodyPreview | IsRead | Categories,
}
