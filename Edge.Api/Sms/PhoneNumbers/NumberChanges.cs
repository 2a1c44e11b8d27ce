namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>
/// Tells every process that a number was linked, verified or unlinked, once that is committed: the next text is treated as it is now.
/// A process that dies in between leaves what was known: who had a number keeps its texts for as long as a verification is remembered.
/// </summary>
internal sealed class NumberChanges(NumberLinks links, NumberVerifications verifications)
{
    public async Task AnnounceAsync(string number, Guid phoneNumberId)
    {
        // whoever asks for the change may be gone by now; it is done
        await verifications.ForgetAsync(phoneNumberId, CancellationToken.None);
        await links.ForgetAsync(number, CancellationToken.None);
    }
}
