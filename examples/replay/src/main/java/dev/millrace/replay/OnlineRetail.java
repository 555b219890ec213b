package dev.millrace.replay;

import dev.millrace.client.Event;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * A shop's invoices (InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice,
 * CustomerID, Country): a line is a purchase, a cancellation if its number begins with C, or an
 * adjustment of the stock if it sells nothing; quantity times price is the value. Times are taken
 * as UTC.
 */
final class OnlineRetail implements Format {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  @Override
  public boolean hasHeader() {
    return true;
  }

  @Override
  public Line read(String line) {
    List<String> columns = Csv.split(line);
    String invoice = columns.get(0);
    double quantity = Double.parseDouble(columns.get(3));
    double price = Double.parseDouble(columns.get(5));
    String type = invoice.startsWith("C") ? "cancel" : quantity > 0 ? "purchase" : "adjustment";
    Event.Builder event =
        Event.builder(type)
            .value(quantity * price)
            .source("shop")
            .property("invoiceNo", invoice)
            .property("stockCode", columns.get(1))
            .property("quantity", quantity)
            .property("unitPrice", price)
            .property("country", columns.get(7));
    if (!columns.get(2).isEmpty()) {
      event.property("description", columns.get(2));
    }
    if (!columns.get(6).isEmpty()) {
      event.userId(Long.toString((long) Double.parseDouble(columns.get(6))));
    }
    return new Line(LocalDateTime.parse(columns.get(4), TIME).toInstant(ZoneOffset.UTC), event);
  }
}
