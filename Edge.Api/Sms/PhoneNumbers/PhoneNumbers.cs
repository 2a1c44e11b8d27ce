namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

internal sealed class ListPhoneNumbersRequest : PageRequest;

internal sealed class ListPhoneNumbersValidator() : PageValidator<ListPhoneNumbersRequest>(ListPhoneNumbers.Name);

/// <summary><c>GET /api/phone-numbers</c>: the user's numbers, newest first.</summary>
internal sealed class ListPhoneNumbers(PhoneNumberStore store) : ListEndpoint<ListPhoneNumbersRequest, PhoneNumberResponse>(Name)
{
    public const string Name = "phone-numbers";

    public override void Configure() =>
        List("/api/phone-numbers", Scope.Sms, "Phone numbers", "List linked phone numbers, newest first");

    protected override Task<List<PhoneNumberResponse>> ReadAsync(
        ListPhoneNumbersRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        store.ListAsync(HttpContext.Caller().UserId, after?.Id, take, cancellationToken);

    protected override Cursor CursorOf(PhoneNumberResponse item) => new(item.CreatedAt, item.Id);
}

/// <summary><c>DELETE /api/phone-numbers/{id}</c>: its SMS are nobody's from now on; those that came stay.</summary>
internal sealed class UnlinkPhoneNumber(PhoneNumberStore store, NumberOwners owners) : DeleteByIdEndpoint("phone number")
{
    public override void Configure() => Delete("/api/phone-numbers/{id:guid}", Scope.Sms, "Phone numbers", "Unlink a phone number");

    protected override async Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        if (await store.DeleteAsync(id, caller.UserId, cancellationToken) is not { } number)
            return false;
        await owners.AnnounceAsync(number, id);
        return true;
    }
}
