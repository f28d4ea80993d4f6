"""What Shopify is asked for, in GraphQL of version 2026-10.

Fields have the names that they have in notices, so that one model reads both. A query may cost
1,000 points, of which each node of a list takes one: so a page of orders tells few lines of each
order and only whether there are refunds, and an order that has more is asked for by itself.
"""

from __future__ import annotations

from typing import Final

ORDERS_OF_PAGE = 8
LINES_OF_PAGE = 50
LINES_MAX = 100
REFUNDS_MAX = 25
REFUND_LINES_MAX = 20

_MONEY = "{ shop_money: shopMoney { amount currency_code: currencyCode } }"

_ORDER: Final = f"""
fragment OrderFields on Order {{
  id: legacyResourceId
  name
  test
  created_at: createdAt
  processed_at: processedAt
  updated_at: updatedAt
  cancelled_at: cancelledAt
  financial_status: displayFinancialStatus
  currency: currencyCode
  taxes_included: taxesIncluded
  discount_codes: discountCodes
  total_price_set: totalPriceSet {_MONEY}
  total_received_set: totalReceivedSet {_MONEY}
  total_tip_received_set: totalTipReceivedSet {_MONEY}
  current_total_duties_set: currentTotalDutiesSet {_MONEY}
  current_total_additional_fees_set: currentTotalAdditionalFeesSet {_MONEY}
  customer {{
    id: legacyResourceId
    default_email_address: defaultEmailAddress {{ email_address: emailAddress }}
    verified_email: verifiedEmail
  }}
  shipping_lines: shippingLines(first: 5) {{
    nodes {{
      is_removed: isRemoved
      discounted_price_set: discountedPriceSet {_MONEY}
      tax_lines: taxLines {{ rate price_set: priceSet {_MONEY} }}
    }}
  }}
}}

fragment LineFields on LineItem {{
  id
  name
  quantity
  current_quantity: currentQuantity
  gift_card: isGiftCard
  product {{ id: legacyResourceId }}
  price_set: originalUnitPriceSet {_MONEY}
  discount_allocations: discountAllocations {{ amount_set: allocatedAmountSet {_MONEY} }}
  tax_lines: taxLines {{ rate price_set: priceSet {_MONEY} }}
}}
"""

SHOP: Final = """query Shop {
  shop { myshopifyDomain }
  orders(first: 1) {
    nodes {
      id
      customer { verifiedEmail }
      lineItems(first: 1) { nodes { product { legacyResourceId } } }
    }
  }
}
"""
"""What only tells whether the access suffices."""

SCOPES: Final = """query Scopes {
  currentAppInstallation { accessScopes { handle } }
}
"""

ORDERS: Final = (
    f"""query Orders($changed: String, $after: String) {{
  orders(first: {ORDERS_OF_PAGE}, after: $after, sortKey: UPDATED_AT, query: $changed) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{
      ...OrderFields
      line_items: lineItems(first: {LINES_OF_PAGE}) {{
        pageInfo {{ hasNextPage }}
        nodes {{ ...LineFields }}
      }}
      refunds(first: 1) {{ id: legacyResourceId }}
    }}
  }}
}}
"""
    + _ORDER
)

ORDER: Final = (
    f"""query Order($id: ID!) {{
  order(id: $id) {{
    ...OrderFields
    line_items: lineItems(first: {LINES_MAX}) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ ...LineFields }}
    }}
    refunds(first: {REFUNDS_MAX}) {{
      id: legacyResourceId
      created_at: createdAt
      processed_at: processedAt
      duties {{ amount_set: amountSet {_MONEY} }}
      transactions(first: 5) {{ nodes {{ kind status amount_set: amountSet {_MONEY} }} }}
      refund_line_items: refundLineItems(first: {REFUND_LINES_MAX}) {{
        pageInfo {{ hasNextPage }}
        nodes {{
          quantity
          line_item: lineItem {{ id }}
          subtotal_set: subtotalSet {_MONEY}
          total_tax_set: totalTaxSet {_MONEY}
        }}
      }}
      refund_shipping_lines: refundShippingLines(first: 2) {{
        nodes {{
          subtotal_amount_set: subtotalAmountSet {_MONEY}
          tax_amount_set: taxAmountSet {_MONEY}
        }}
      }}
    }}
  }}
}}
"""
    + _ORDER
)

LINES: Final = f"""query Lines($id: ID!, $after: String) {{
  order(id: $id) {{
    line_items: lineItems(first: {LINES_MAX}, after: $after) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ ...LineFields }}
    }}
  }}
}}
""" + _ORDER[_ORDER.index("fragment LineFields") :]
