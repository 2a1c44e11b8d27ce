using System.Text.Json;
using Switchboard.Simulator.Graph;
using Switchboard.Simulator.GraphMail;

namespace Switchboard.Simulator.GraphMessages;

/// <summary><c>GET /me/mailFolders</c>, <c>GET /me/mailFolders/{id}</c> and <c>GET /me</c>.</summary>
internal static class FolderCalls
{
    public static GraphAnswer Me(GraphRequest request) => GraphAnswer.Json(json =>
    {
        var address = request.Mailbox.Address;
        json.WriteStartObject();
        json.WriteString("@odata.context", $"{request.Root}/$metadata#users/$entity");
        json.WriteString("id", request.Mailbox.Ids.UserId);
        json.WriteString("displayName", address[..address.IndexOf('@', StringComparison.Ordinal)]);
        json.WriteString("mail", address);
        json.WriteString("userPrincipalName", address);
        json.WriteEndObject();
    });

    public static GraphAnswer List(GraphRequest request) => GraphAnswer.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("@odata.context", $"{request.Root}/$metadata#users('{request.Mailbox.Ids.UserId}')/mailFolders");
        json.WriteStartArray("value");
        foreach (var folder in Enum.GetValues<MailFolder>())
        {
            Write(json, request.Mailbox, folder);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static GraphAnswer Get(GraphRequest request, MailFolder folder) => GraphAnswer.Json(json => Write(json, request.Mailbox, folder));

    private static void Write(Utf8JsonWriter json, GraphMailbox mailbox, MailFolder folder)
    {
        json.WriteStartObject();
        json.WriteString("id", mailbox.Ids.Folder(folder));
        json.WriteString("displayName", folder switch
        {
            MailFolder.SentItems => "Sent Items",
            MailFolder.DeletedItems => "Deleted Items",
            _ => folder.ToString(),
        });
        json.WriteNumber("childFolderCount", 0);
        json.WriteNumber("totalItemCount", mailbox.Count(new MailRange(folder, MailPosition.First, MailPosition.Last, false, 0, 0)));
        json.WriteEndObject();
    }
}
